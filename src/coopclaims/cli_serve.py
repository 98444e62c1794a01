"""The command ``serve``: extraction over HTTP."""

from __future__ import annotations

import argparse
from dataclasses import fields

from coopclaims.errors import UserError
from coopclaims.service.limits import Limits

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def add_serve_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command, which sets its ``handler``."""
    parser = commands.add_parser(
        "serve",
        help="serve a model over HTTP, with a page to try it",
        description="Answer POST /extract with the claims of texts. / is a page to try it, /docs describes the "
        "interface, /health and /metrics are for operation. There is no authentication.",
    )
    parser.add_argument("--model", metavar="DIR", help="model folder (default: the model that comes with coopclaims)")
    parser.add_argument("--device", default="cpu", help="torch device (default: cpu)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine)")
    parser.add_argument("--port", type=int, default=8000, help="port; 0 is any free one (default: 8000)")
    limits = parser.add_argument_group("limits")
    for item in fields(Limits):
        name = "--" + item.name.replace("_", "-")
        text = f"{item.metadata['help']} (default: {item.default})"
        limits.add_argument(name, type=type(item.default), default=item.default, metavar="N", help=text)
    parser.set_defaults(handler=_serve)


def _serve(options: argparse.Namespace) -> int:
    try:
        from coopclaims.service.server import address_of, bind, serve
    except ImportError as error:
        raise UserError("coopclaims serve needs more packages: pip install 'coopclaims[serve]'") from error
    from coopclaims.inference.extractor import Extractor

    limits = Limits(**{item.name: getattr(options, item.name) for item in fields(Limits)})
    # Before the model is loaded, which takes seconds.
    with bind(options.host, options.port) as bound:
        extractor = Extractor.from_pretrained(options.model, options.device)
        bound.listen()  # Who connects before the service is up waits.
        note = "" if options.host in LOOPBACK else "; anyone who reaches this address can use it"
        print(f"http://{address_of(bound)}/ serves {extractor.name}{note}", flush=True)
        serve(extractor, limits, bound)
