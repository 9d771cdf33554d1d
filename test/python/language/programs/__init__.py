"""Programs of TorchScript by section; test_programs.py runs them."""
