"""The residents' pages, mounted at "/": each file of this folder holds one task and adds its views here."""

from __future__ import annotations

from flask import Blueprint

# app.py imports every module of the folder before it registers this
blueprint = Blueprint("portal", __name__, template_folder="templates")
