"""Runs as a process of its own with a memory limit: sheets of a workbook to Arrow files, all cells as text.

Arguments: workbook, folder for the Arrow files, bytes of address space, sheet names as JSON (null: only list them).
Prints JSON: {"sheets": [...], "files": {sheet: file}}. Imports nothing of this product, so that it starts fast.
"""

import json
import pathlib
import sys


def main(workbook: str, folder: str, memory: str, wanted: str) -> None:
    """Write one Arrow file a sheet and print their names."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    except ImportError:
        pass
    import fastexcel

    reader = fastexcel.read_excel(workbook)
    files = {}
    for at, sheet in enumerate(json.loads(wanted) or []):
        table = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
        file = pathlib.Path(folder) / f"sheet-{at}.arrow"
        table.write_ipc(file)
        files[sheet] = str(file)
    print(json.dumps({"sheets": reader.sheet_names, "files": files}))


if __name__ == "__main__":
    main(*sys.argv[1:])
