"""`python -m phonebank` is the `phonebank` command, for a host that installs the requirements but not the package."""

from phonebank.cli import main

if __name__ == "__main__":
    main()
