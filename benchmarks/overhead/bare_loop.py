"""The least that anybody needs: open the file, execute the statements one by one, test, close.

python bare_loop.py DATABASE STATEMENTS.json
"""

import json
import sys

import duckdb

with open(sys.argv[2], encoding="utf-8") as file:
    work = json.load(file)
connection = duckdb.connect(sys.argv[1], config=work["config"])
for statement in work["statements"]:
    connection.execute(statement)
for query in work["tests"]:
    if connection.execute(query).fetchone()[0]:
        sys.exit(f"failed: {query}")
connection.close()
