"""What the jobs `backup` and `restore` run, on a real PostgreSQL and with real owners."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.servers import Postgres, postgres, postgres_programs
from tests.test_kubernetes import PODS

LIN = 10_000


@pytest.fixture
def gradebook() -> Iterator[Postgres]:
    with postgres() as server:
        server.create("course")
        yield server


def test_a_copy_brings_back_grades_files_and_their_owners(
    gradebook: Postgres, tmp_path: Path
) -> None:
    volumes = {name: tmp_path / name for name in ("srv", "backup", "accounts")}
    places = {
        "/srv/clientcourse": volumes["srv"],
        "/backup": volumes["backup"],
        "/var/lib/extrausers": volumes["accounts"],
    }

    def run(job: str, copy: str = "") -> str:
        [container] = PODS[job]["spec"]["containers"]
        [script] = container["args"]
        for there, here in places.items():
            script = script.replace(there, str(here))
        own = {
            "PGHOST": str(gradebook.folder),
            "COPY": copy,
            "PATH": f"{postgres_programs()}:/usr/bin:/bin",
        }
        environment = {one["name"]: one.get("value", "secret") for one in container["env"]} | own
        return subprocess.run(
            [*container["command"], script], env=environment, text=True, check=True,
            stdout=subprocess.PIPE,
        ).stdout.strip()  # fmt: skip

    def grades() -> list[tuple[int]]:
        with psycopg.connect(host=str(gradebook.folder), user="course", dbname="course") as link:
            return link.execute("SELECT points FROM grades").fetchall()

    def write(points: int) -> None:
        with psycopg.connect(host=str(gradebook.folder), user="course", dbname="course") as link:
            link.execute("CREATE TABLE IF NOT EXISTS grades (points int)")
            link.execute("UPDATE grades SET points = %s", [points])
            link.execute("INSERT INTO grades SELECT %s WHERE NOT EXISTS (TABLE grades)", [points])

    submitted = volumes["srv"] / "course/submitted/lin/greeting/first-call.ipynb"
    handed_in = volumes["srv"] / "exchange/client-managers/inbound/lin+greeting"
    for folder in (*volumes.values(), submitted.parent, handed_in):
        folder.mkdir(parents=True, exist_ok=True)
    submitted.write_text("hers")
    (volumes["accounts"] / "passwd").write_text(f"lin:x:{LIN}:{LIN}::/home/trainee:/bin/sh\n")
    if os.getuid() == 0:
        os.chown(handed_in, LIN, LIN)
    owner = handed_in.stat().st_uid
    write(7)

    copy = Path(run("backup"))
    write(0)
    submitted.write_text("spoilt")
    shutil.rmtree(handed_in)
    run("restore", copy.name)

    assert grades() == [(7,)]
    assert submitted.read_text() == "hers"
    assert handed_in.stat().st_uid == owner
    assert (copy / "accounts").read_text().startswith(f"lin:x:{LIN}:")
    [before] = (volumes["srv"] / "course").glob("before-*")
    assert (before / "submitted/lin/greeting/first-call.ipynb").read_text() == "spoilt"
