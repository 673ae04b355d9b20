"""The web part for a server that imports its application by name."""

from phonebank.app import create_app
from phonebank.settings import load

app = create_app(load())
