"""Throw-away certificates, made by the openssl program."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

HAVE_OPENSSL = shutil.which("openssl") is not None


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate and its key; it is its own authority."""

    cert: Path
    key: Path

    def server(self, *, clients: "Certificate | None" = None) -> ssl.SSLContext:
        """Give a server's context; with `clients` it demands that client certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        if clients is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(clients.cert)
        return context


def make_certificate(folder: Path, *names: str) -> Certificate:
    """Make a certificate for names as openssl writes them: `DNS:shop`, `IP:127.0.0.1`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    command += ["ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj", "/CN=test"]
    command += ["-addext", "subjectAltName=" + ",".join(names)]
    command += ["-keyout", str(made.key), "-out", str(made.cert)]
    subprocess.run(command, check=True, capture_output=True)
    return made
