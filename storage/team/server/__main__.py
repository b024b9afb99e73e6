"""``python -m storage.team.server``: the server alone, without the rest of hotwash."""

import argparse
import sys
from pathlib import Path

import msgspec

from storage.errors import StorageError
from storage.team.server.databases import open_log
from storage.team.server.limits import Limits
from storage.team.server.running import run_server


def main() -> int:
    """Serve until a signal comes; prints the address once it listens."""
    parser = argparse.ArgumentParser(prog="python -m storage.team.server", description=__doc__)
    parser.add_argument("--database", required=True, help="postgresql://… or the path of a file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--limits", default="{}", help="in JSON, those that differ")
    options = parser.parse_args()

    async def on_listening(port: int) -> None:
        scheme = "https" if options.tls_cert else "http"
        print(f"{scheme}://{options.host}:{port}", flush=True)

    try:
        run_server(
            open_log(options.database),
            options.host,
            options.port,
            tls_cert=options.tls_cert,
            tls_key=options.tls_key,
            limits=msgspec.json.decode(options.limits, type=Limits),
            on_listening=on_listening,
        )
    except (StorageError, msgspec.DecodeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
