"""Fields that are read exactly like the cells of an imported list, with the same sentences."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from bazaar.rules.sheets import Fault

Reader = Callable[[str], Any]


def say(fault: Fault) -> str:
    return gettext(fault.text).format(**fault.facts)


class CellForm(Form):
    @property
    def labels(self) -> dict[str, str]:
        """The label of each field by its name, for the summary of what is wrong."""
        return {field.name: str(field.label.text) for field in self}


class CellField(StringField):
    """After validation `value` is what the reader made of the text."""

    def __init__(self, label: Any, reader: Reader, *, needed: bool = True, **rest: Any) -> None:
        super().__init__(label, filters=[_plain], **rest)
        self.reader = reader
        self.value: Any = None
        if needed:
            self.flags.required = True

    def pre_validate(self, form: BaseForm) -> None:
        found = self.reader(self.data or "")
        if isinstance(found, Fault):
            raise StopValidation(say(found))
        self.value = found


class LongCellField(CellField, TextAreaField):
    """The same with several lines."""


class ChoiceField(SelectField):
    """A list to choose from; what is not in it was not sent by our form."""

    def pre_validate(self, form: BaseForm) -> None:
        if self.data not in {value for value, *_ in self.iter_choices()}:
            raise StopValidation(gettext("Pilih salah satu dari daftar."))


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


def sent_file(name: str) -> FileStorage | None:
    """Return the file that was chosen for an input, or None."""
    file = request.files.get(name)
    return file if file and file.filename else None
