"""The staff's pages, mounted at "/staff": each file of this folder holds one page and adds its views here."""

from __future__ import annotations

from flask import Blueprint

# app.py imports every module of the folder before it registers this
blueprint = Blueprint("staff", __name__, template_folder="templates", url_prefix="/staff")
