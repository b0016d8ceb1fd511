"""A cell of a plan, with its history."""

from django.db import models
from simple_history.models import HistoricalRecords


class Cell(models.Model):  # type: ignore[misc]  # published without types
    """One field of one object."""

    object = models.CharField(max_length=200)
    field = models.CharField(max_length=200)
    value = models.JSONField(null=True)
    history = HistoricalRecords()

    class Meta:
        """Its place among applications."""

        app_label = "history_app"
        constraints = (models.UniqueConstraint(fields=["object", "field"], name="one_cell"),)

    def __str__(self) -> str:
        """Where the cell is."""
        return f"{self.object} {self.field}"
