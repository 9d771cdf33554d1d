"""Programs of TorchScript by section; test_sections.py runs them."""
