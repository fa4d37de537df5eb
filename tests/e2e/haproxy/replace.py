"""Replaces three nginx servers behind HAProxy, one after another: FOLDER draining|careless.

`draining`: HAProxy stops sending, the old server quits gracefully, the new one is up and checked
before the next is touched. `careless`: the old server is killed under traffic, and the next one is
taken before the new one, which needs two seconds, is up.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

NAMES = ("web1", "web2", "web3")
START = 2.0  # seconds that a careless replacement takes to come up


def say(folder: Path, text: str) -> str:
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect(str(folder / "admin.sock"))
        admin.sendall(text.encode() + b"\n")
        return admin.makefile().read()


def mark(text: str) -> None:
    print(text, flush=True)
    subprocess.run([sys.executable, "-m", "soakgate", "mark", text], check=False)


def start(folder: Path, name: str, *, after: float = 0.0) -> None:
    command = f"sleep {after}; exec nginx -c {folder}/{name}.conf -p {folder}"
    env = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}
    process = subprocess.Popen(["sh", "-c", command], env=env, start_new_session=True)
    with (folder / f"{name}.pids").open("a") as file:
        file.write(f"{process.pid}\n")


def pid_of(folder: Path, name: str) -> int:
    return int((folder / f"{name}.pid").read_text())


def wait_for(folder: Path, name: str, state: str) -> None:
    while True:
        rows = say(folder, "show stat").splitlines()
        if any(r.startswith(f"web,{name},") and f",{state}" in r for r in rows):
            return
        time.sleep(0.05)


def drain(folder: Path, name: str) -> None:
    mark(f"draining {name}")
    say(folder, f"set server web/{name} state drain")
    time.sleep(0.5)
    say(folder, f"set server web/{name} state maint")
    old = pid_of(folder, name)
    os.kill(old, signal.SIGQUIT)
    while Path(f"/proc/{old}").exists() and "Z" not in Path(f"/proc/{old}/stat").read_text():
        time.sleep(0.02)
    start(folder, name)
    time.sleep(0.3)
    say(folder, f"set server web/{name} state ready")
    wait_for(folder, name, "UP")
    mark(f"{name} replaced")


def kill(folder: Path, name: str) -> None:
    mark(f"killing {name}")
    old = pid_of(folder, name)
    children = Path(f"/proc/{old}/task/{old}/children").read_text().split()
    for pid in (old, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    start(folder, name, after=START)


def main(folder: Path, how: str) -> None:
    for name in NAMES:
        (drain if how == "draining" else kill)(folder, name)
    time.sleep(START if how == "careless" else 0)
    for name in NAMES:
        wait_for(folder, name, "UP")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
