"""Levels of sureness of a normalised value, from most to least.

certain: written in a list, with one meaning. likely: by a rule whose reading is the usual one. unsure: open; several
readings, or none.
"""

CERTAIN, LIKELY, UNSURE = "certain", "likely", "unsure"
