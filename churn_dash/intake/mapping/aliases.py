"""Further headers of banks for columns of the contract, in three languages; traditional characters are compared as simplified ones."""

ALSO: dict[str, str] = {
    "customer_id": "customer_no customer_number customer_num customer_code customer_key cust_no cust_number cust_num custno cust_code"
    " cust_key client_no client_number client_code cif cif_no cif_number cif_id ecif ecif_no ecif_id party_id member_no"
    " member_id customer# cust# 客户号码 客户编码 客户代号 客户标识 客户序号 客户内码 核心客户号 ecif号 ecif客户号"
    " 会员号 会员编号 用户编号 用户号 顾客编号 客户帐号",
    "account_id": "acct_no acct_id acct_num account_num account_code account_key acct_number account# 账户编号 账户号码 账户id"
    " 账户代码 帐号 帐户号 存款账号 借据号 合约号 合同号",
    "account_type": "acct_type product_type account_kind 账户种类 账户性质 产品类型 账户类别",
    "close_date": "closed_date closing_date date_closed account_close_date close_dt 销户时间 注销日期 关户日期 关闭日期 结清日期",
    "open_date": "opened_date opening_date date_opened open_dt account_open_dt acct_open_date 开户时间 入行日期 建户日期 开立日期 注册日期",
    "close_initiator": "close_by closure_initiator 销户原因方 销户人",
    "month": "yyyymm year_month yearmonth year_mon data_ym ym as_of_date as_of_month as_of report_month report_date"
    " reporting_month reporting_date statement_month stmt_month period_end period_month snapshot_month month_id"
    " data_date stat_month stat_dt month_end_date eom business_month 年月日期 统计月 统计年月 统计日期 数据月 数据年月"
    " 数据日 报告期 报表日期 报告日期 报表月份 账期 会计期间 月度 月末日期 时点日期 快照日期 截止日期 月 基准日 观察月",
    "churned": "is_churn churn_status churn_label churn_ind lost_flag is_lost is_attrited attrited attrition_status has_churned"
    " customer_churn left_bank 流失标识 流失标签 流失状态 流失客户标志 流失客户 客户流失 客户是否流失 是否已流失"
    " 是否流失客户 是否离开",
    "gender": "gender_code sex_code customer_gender gndr 客户性别 性别代码",
    "birth_date": "birthdate birth_day birth_dt 出生年月 出生日 出生年月日",
    "education": "edu edu_level education_code 文化程度 学历水平 受教育程度 最高学历",
    "occupation": "occupation_code profession 职业类别 职业类型 工作",
    "income_monthly": "income_month month_income 每月收入 月均收入 个人月收入",
    "city": "city_name residence_city 所在城市 居住城市 城市名称 地市",
    "branch_id": "branch_no branch_code branch_number org_no org_code org_id outlet outlet_id sub_branch 机构 机构编号 机构代码"
    " 网点号 网点编号 网点代码 所属机构 所属网点 归属机构 归属网点 支行号 分行号 管户机构 开户网点 开户行",
    "rm_id": "rm rm_no rm_code account_manager account_manager_id 客户经理编号 客户经理工号 客户经理代码 管户经理 理财经理 管户人",
    "referrer_id": "referral_id referred_by 推荐人编号 推荐客户号 介绍人",
    "customer_type": "cust_type client_type 客户种类 客户性质 对公对私",
    "special_need": "special_care vulnerable 特殊客户 特殊关怀客户",
    "consent_marketing": "marketing_opt_in opt_in 营销同意 是否同意营销 同意营销",
    "risk_appetite": "risk_level risk_profile risk_tolerance 风险承受能力 风险测评 风险评级",
    "aum_avg": "avg_aum average_aum aum_monthly_avg monthly_avg_aum mean_aum aum_mavg aum日均 aum月日均 月均aum 月均资产 日均aum"
    " 月日均金融资产 日均金融资产 金融资产月日均",
    "aum_end": "end_aum aum_eom aum_month_end eom_aum closing_aum total_aum aum_balance aum_bal aum余额 aum月末 期末aum"
    " 金融资产余额 总资产 资产总额 金融资产 时点aum 时点资产 月末金融资产 管理资产",
    "deposit_avg": "avg_deposit deposit_average avg_deposits 日均存款 月日均存款 存款月日均 存款日均余额",
    "wealth_avg": "avg_wealth wealth_average wealth_products 理财日均余额 日均理财 月日均理财 理财余额",
    "fund_avg": "avg_fund fund_average 基金日均 日均基金 基金余额",
    "loan_balance": "loan_bal loans_outstanding outstanding_loan loan_amount 贷款 贷款金额 贷款结余",
    "fee_income": "fee_revenue fee 中间业务收入 手续费 中收",
    "net_flow": "net_inflow netflow 资金净流入 净流入金额",
    "valuation_change": "market_value_change 市值变动 估值变化",
    "txn_count": "transaction_count txn_cnt trans_count trans_cnt n_transactions num_transactions number_of_transactions trx_count"
    " trx_cnt 交易次数 交易数 交易笔数合计 月交易笔数 月交易次数",
    "txn_amount": "transaction_amount txn_amt trans_amt trans_amount trx_amt 交易额 交易总额 月交易金额",
    "login_count": "login_cnt app_logins n_logins login_times 登录数 登陆次数 手机银行登录次数",
    "branch_visits": "branch_visit visits 到网点次数 网点到访次数 临柜次数",
    "card_txn_count": "card_transactions card_txn_cnt 刷卡次数 刷卡笔数 卡交易笔数",
    "product_count": "product_cnt num_products n_products number_of_products num_of_products 产品个数 持有产品数量 产品持有数",
    "tier": "tier_level service_tier vip_level customer_level customer_grade cust_level 客户级别 客户星级 星级 vip等级 服务等级 贵宾等级",
    "points": "loyalty_points reward_points 积分余额 累计积分",
    "salary_in": "salary_credit payroll 代发金额 代发工资金额 工资代发",
    "autopay_count": "autopay_cnt standing_orders 代扣次数 自动扣款笔数",
    "digital_active": "is_digital_active mobile_active 手机银行活跃 线上活跃 是否线上活跃 电子渠道活跃",
    "available_ts": "load_date etl_date 加载日期 到数日期",
}
"""Column → headers; a table's own aliases come first."""
