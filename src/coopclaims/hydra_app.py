"""Hydra for our commands: where the configuration files are, typed schemas, and errors in one line."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import hydra
from hydra import compose, initialize_config_dir
from hydra._internal.utils import get_args_parser
from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from coopclaims.errors import UserError

Config = TypeVar("Config")

_FURTHER_VALUES = re.compile(r"(?<![\[,(]),(?![^\[(]*[\])]).*")
# Values that Hydra works out itself, and only in a multirun.
_SWEEP_FUNCTION = re.compile(r"=\s*(choice|glob|interval|range|shuffle|sort|tag)\(")
# What OmegaConf writes below its messages.
_LAYOUT = re.compile(r"\s+(full_key:|reference_type=|object_type=).*", re.DOTALL)
_WRONG_VALUE = "Error merging override "


def config_folder() -> Path:
    """configs/ of the installed wheel, or of the repository that this package is run from."""
    packaged = Path(__file__).parent / "configs"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "configs"


def compose_config(command: str, overrides: Sequence[str], schema: type[Config]) -> Config:
    """The typed configuration of ``configs/<command>.yaml`` with overrides.

    Raises UserError, naming the nearest known key, for an unknown key, a value of the wrong type, an unknown
    option of a group, or a value that is still missing.
    """
    _store(command, schema)
    with initialize_config_dir(str(config_folder().resolve()), version_base="1.3"):
        try:
            return _typed(compose(command, overrides=list(overrides)))
        except (HydraException, OmegaConfBaseException, ValueError) as error:
            raise UserError(_one_line(error, schema)) from error


def run_with_hydra(
    command: str, arguments: Sequence[str], schema: type[Config], task: Callable[[Config], object]
) -> None:
    """Run ``task`` on the configuration that Hydra composes from command-line ``arguments``.

    Hydra's own flags (--help, --cfg job, --multirun, …) work. Exceptions of the task reach the caller.
    """
    options = _parsed(arguments, schema)
    if not (options.help or options.hydra_help):
        overrides = options.overrides
        if options.multirun:
            # A sweep lists values: one of each is enough to know that the key exists.
            listed = [override for override in overrides if not _SWEEP_FUNCTION.search(override)]
            overrides = [_FURTHER_VALUES.sub("", override) for override in listed]
        compose_config(command, overrides, schema)
    _store(command, schema)
    failures: list[BaseException] = []

    def run(config: DictConfig) -> None:
        # Hydra would print a traceback and exit; of a multirun, the jobs after a failure do not start.
        if failures:
            return
        try:
            task(_typed(config))
        except OmegaConfBaseException as error:
            failures.append(UserError(_one_line(error, schema)))
        except BaseException as error:
            failures.append(error)

    # Hydra takes no overrides on both sides of a flag.
    flags = [argument for argument in arguments if argument not in options.overrides]
    sys.argv = [f"coopclaims {command}", *options.overrides, *flags]
    try:
        hydra.main(version_base="1.3", config_path=str(config_folder().resolve()), config_name=command)(run)()
    except ValueError as error:
        # Flags that do not go together; what the task raises is caught above.
        raise UserError(str(error)) from error
    if failures:
        raise failures[0]


def _parsed(arguments: Sequence[str], schema: type[Any]) -> argparse.Namespace:
    """Hydra's flags and the overrides; raises UserError where Hydra would print its usage."""
    parser = get_args_parser()
    parser.exit_on_error = False
    try:
        options, unknown = parser.parse_known_intermixed_args(arguments)
    except argparse.ArgumentError as error:
        raise UserError(str(error)) from error
    if unknown:
        raise UserError(f"there is no option {unknown[0]}; {_as_setting(unknown[0], arguments, schema)}")
    bare = [override for override in options.overrides if "=" not in override and not override.startswith("~")]
    if bare:
        raise UserError(f"{bare[0]!r} is no setting; settings are given as key=value (see --help)")
    return options


def _as_setting(flag: str, arguments: Sequence[str], schema: type[Any]) -> str:
    """How to write as key=value what was given as a flag."""
    name, _, value = flag.lstrip("-").partition("=")
    key, config = name.replace("-", "_"), OmegaConf.structured(schema)
    if key not in _keys(config):
        return "settings are given as key=value (see --help)"
    after = arguments[arguments.index(flag) + 1 :][:1]
    value = value or next((text for text in after if not text.startswith("-") and "=" not in text), "VALUE")
    return f"use {key}=[{value}]" if isinstance(_node(config, key), ListConfig) else f"use {key}={value}"


def _node(config: DictConfig, key: str) -> Any:
    """The node of a key, also of one whose value is missing."""
    first, _, rest = key.partition(".")
    node = config._get_node(first)
    return _node(node, rest) if rest and isinstance(node, DictConfig) else node


def _store(command: str, schema: type[Any]) -> None:
    ConfigStore.instance().store(name=f"{command}_schema", node=schema)


def _typed(config: DictConfig) -> Any:
    return OmegaConf.to_object(config)


def _one_line(error: Exception, schema: type[Any]) -> str:
    """Hydra's message without its layout, and the nearest known key where a key is unknown."""
    causes = [str(error), str(error.__cause__ or "")]
    plain = [re.sub(r"\s+", " ", _LAYOUT.sub("", cause)).strip() for cause in dict.fromkeys(causes) if cause]
    text = re.sub(
        r" ?(Set the environment variable HYDRA_FULL_ERROR.*|Config search path:.*)", "", " ".join(plain)
    ).strip()
    if missing := re.search(r"full_key: (\S+)", " ".join(causes)) if "missing mandatory" in text else None:
        return f"configuration: no value for {missing.group(1)!r}; give {missing.group(1)}=VALUE (see --help)"
    if plain[0].startswith(_WRONG_VALUE):
        return f"configuration: {_wrong_value(plain[0].removeprefix(_WRONG_VALUE), ' '.join(plain[1:]))}"
    unknown = re.search(r"Could not override '([^']+)'", text)
    if not unknown:
        return f"configuration: {text}"
    known = _keys(OmegaConf.structured(schema))
    near = difflib.get_close_matches(unknown.group(1), known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    if unknown.group(1) in known:
        return f"configuration: {text}"
    return f"configuration: there is no key {unknown.group(1)!r}{hint} (see --help)"


def _wrong_value(override: str, reason: str) -> str:
    key, _, value = override.lstrip("+").partition("=")
    if "is not a ListConfig, list or tuple" in reason:
        return f"{key} must be a list: {key}=[{value}]"
    return f"{override}: {reason}"


def _keys(config: DictConfig, prefix: str = "") -> list[str]:
    keys = []
    for key in map(str, config):
        keys.append(f"{prefix}{key}")
        if isinstance(value := config._get_node(key), DictConfig):
            keys += _keys(value, f"{prefix}{key}.")
    return keys
