"""Headers that speak of a person. Two of them make a file without customer number and flag a file of customers."""

# fmt: off
PERSONAL = frozenset(
    {
        "age", "gender", "sex", "education", "educationlevel", "job", "occupation", "marital",
        "maritalstatus", "income", "salary", "estimatedsalary", "balance", "creditscore", "tenure", "loan",
        "deposit", "surname", "customer",
        "年龄", "性别", "教育", "教育程度", "学历", "职业", "婚姻", "婚姻状况",
        "收入", "月收入", "年收入", "余额", "信用评分", "工龄", "贷款", "存款",
        "信用卡负债", "客户姓名", "姓名", "客户",
    }
)
# fmt: on
