"""TLS settings of a target; contexts are shared, as reading the system's roots takes 30 ms."""

import functools
import os
import ssl

from soakgate.errors import UsageError, printable
from soakgate.observe.probe.settings import Target

__all__ = ["trust"]


@functools.cache
def _context(ca: str | None, cert: str | None, key: str | None, pem: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols(["http/1.1"])
    if cert is None:
        return context
    if pem is None:
        context.load_cert_chain(cert, key)
        return context
    # The library reads keys from files only: this one lives in memory and has no name.
    fd = os.memfd_create("key", os.MFD_CLOEXEC)
    try:
        os.write(fd, pem.encode())
        context.load_cert_chain(cert, f"/proc/self/fd/{fd}")
    finally:
        os.close(fd)
    return context


def trust(target: Target) -> ssl.SSLContext:
    """Give the TLS context of a target. Raises UsageError naming the file that is no good."""
    files = (target.ca, target.client_cert, target.client_key)
    try:
        return _context(*files, target.client_key_pem)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        named = ", ".join(name for name in files if name)
        found = printable(str(error))
        raise UsageError(
            "cannot use TLS files", where=target.name, found=f"{named}: {found}"
        ) from None
