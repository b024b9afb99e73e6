"""Whom this machine believes to be who they say they are."""

import ssl
import sys

from storage.errors import ServerUnreachable
from storage.team.client.address import Address


def context_for(address: Address) -> ssl.SSLContext:
    """The system's authorities, and the one that was named for this server. Takes 20 ms.

    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` take the place of the system's, as OpenSSL has it.

    Raises:
        ServerUnreachable: the named file is not there any more.
    """
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if sys.platform != "win32" and not any((paths.cafile, paths.capath)):
        # A Python without the system's, as python.org's is on a Mac: what comes with httpx.
        import certifi

        context.load_verify_locations(cafile=certifi.where())
    if address.ca is not None:
        try:
            context.load_verify_locations(cafile=address.ca)
        except OSError:
            raise ServerUnreachable(
                f"{address.ca}, which {address.url} is trusted by, can't be read any more. Put it "
                "back, or enrol again with --ca FILE."
            ) from None
    return context
