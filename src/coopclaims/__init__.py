"""Cooperation claims from Vietnamese, German and English text.

Importing this package registers its model with the Auto classes of transformers, as soon as those are imported:
waiting for that keeps the import, and with it the command line, quick.
"""

from wrapt import when_imported

from coopclaims.model.register import register_config, register_model

__version__ = "0.1.0"

when_imported("transformers.models.auto.configuration_auto")(register_config)
when_imported("transformers.models.auto.modeling_auto")(register_model)
