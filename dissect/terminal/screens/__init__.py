"""The screens of the workbench: the three panes, and those that open above them."""
