"""How much of PyTorch's own operator database compiles, measured.

`python -m op_db` (in test/python) measures and writes COVERAGE.md;
`test_op_db.py` keeps what that file says is native.
"""
