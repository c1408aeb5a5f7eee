"""On processes, on Dask and on Ray: workers are killed while a sweep runs, and it ends as a run in one process does.

Each cluster is a real one on this machine, started as a user would start it; the sweep is the command, in a process of
its own; workers are killed with SIGKILL, each while it is at a point.
"""

import datetime
import ipaddress
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from portfolioopt.command import run

ROOT = Path(__file__).parents[2]
INSTANCES = ROOT / "instances"
PATIENCE = 1800.0
"""Seconds after which whatever still runs is taken for stuck: machines of CI are slow and shared."""
BUDGETS = ",".join(f"x{0.70 + 0.02 * step:.2f}" for step in range(12))
QUICK = [str(INSTANCES / "two_deals"), "--vary", f"capital.budget={BUDGETS}", "--vary", "discount_rate=0.06,0.08"]
POINTS = 24
ENV = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "ignore"}
ENV |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "7" * 64}
"""The Ray cluster lets in only those who know its token, as the page on sweeps tells."""
ENV |= {"RAY_worker_niceness": "0"}
"""Ray's workers stand back for everybody else by default, and where tests run in parallel they would starve."""
KILLS = 5
FEW = 2
"""Kills on a cluster by default: each costs a worker that begins anew, which takes seconds. All five are slow tests."""
KILLED = pytest.mark.parametrize("kills", [FEW, pytest.param(KILLS, marks=pytest.mark.slow)])


def answers(folder: Path) -> dict[str, bytes]:
    """The files that are the same wherever they were made."""
    files = [*folder.glob("points/*/*.json"), *folder.glob("tables/*.csv")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run in one process leaves."""
    folder = tmp_path_factory.mktemp("serial") / "out"
    assert run(["sweep", *QUICK, "--engine", "serial", "--out", str(folder), "--quiet"]) == 0
    return answers(folder)


@contextmanager
def started(*command: str, ready: Callable[[str], str] | None = None) -> Iterator[str]:
    """A process that ends with the test; what `ready` makes of the first line of its output that it knows."""
    with subprocess.Popen(
        command, env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            found = ""
            while ready is not None and not found:
                assert process.stdout is not None
                line = process.stdout.readline()
                assert line, f"{command} ended before it was ready"
                found = ready(line)
            yield found
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def lines(folder: Path) -> list[dict[str, object]]:
    """What is told of the points so far."""
    try:
        return [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):  # not there yet, or a line half written
        return []


def swept(arguments: list[str], folder: Path, kills: int = KILLS) -> int:
    """Runs the command and kills, at random, workers that have just begun another point; how many were killed."""
    rng, killed = random.Random(11), list[int]()
    command = [sys.executable, "-m", "portfolioopt", "sweep", *arguments, "--out", str(folder), "--quiet"]
    said = folder.with_suffix(".said")
    deadline = time.monotonic() + PATIENCE
    with said.open("w") as heard, subprocess.Popen(command, env=ENV, stdout=heard, stderr=heard) as process:
        try:
            while process.poll() is None:
                assert time.monotonic() < deadline, said.read_text()
                time.sleep(0.02)
                told = [line for line in lines(folder) if line["engine"] != "serial"]
                if len(killed) >= kills or len(told) < 3 * (len(killed) + 1):
                    continue
                alive = {int(str(line["pid"])) for line in told[-3:]} - set(killed)
                if alive:
                    victim = rng.choice(sorted(alive))
                    os.kill(victim, signal.SIGKILL)
                    killed.append(victim)
        finally:
            if process.poll() is None:
                process.kill()
    assert process.returncode == 0, said.read_text()
    return len(killed)


def at_work(arguments: list[str], serial: dict[str, bytes], folder: Path, kills: int = KILLS) -> None:
    assert swept([*QUICK, *arguments], folder, kills) == kills
    told = [line for line in lines(folder) if line["engine"] != "serial"]
    assert len(told) == POINTS
    assert len({line["pid"] for line in told}) > 2
    assert answers(folder) == serial


def test_five_killed_processes_leave_the_bytes_of_a_run_in_one_process(
    serial: dict[str, bytes], tmp_path: Path
) -> None:
    at_work(["--engine", "loky", "--workers", "2"], serial, tmp_path / "out")


@contextmanager
def dask_cluster(folder: Path, *security: str, protocol: str = "tcp") -> Iterator[str]:
    """A scheduler and two workers, each a process that its nurse replaces; the scheduler's address."""
    pytest.importorskip("distributed")
    told = folder / "scheduler.json"
    dask = (sys.executable, "-m", "dask")
    scheduler = (
        "scheduler",
        "--host",
        f"{protocol}://127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(told),
    )
    workers = ("--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--scheduler-file", str(told))
    with started(*dask, *scheduler, *security):
        deadline = time.monotonic() + PATIENCE
        while not told.exists() or not told.read_text():
            assert time.monotonic() < deadline, "the Dask scheduler has not begun"
            time.sleep(0.1)
        with started(*dask, "worker", *workers, "--local-directory", str(folder), *security):
            yield json.loads(told.read_text())["address"]


@KILLED
def test_on_dask_killed_workers_leave_the_bytes_of_a_run_in_one_process(
    kills: int, serial: dict[str, bytes], tmp_path: Path
) -> None:
    with dask_cluster(tmp_path) as address:
        at_work(["--engine", "dask", "--address", address], serial, tmp_path / "out", kills)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, a certificate of it with its key, and those of another authority: cert.pem and other.pem."""
    folder = tmp_path_factory.mktemp("certificates")
    for authority, name in (("ca", "cert"), ("other_ca", "other")):
        issuer, issuer_key = certificate(authority, None)
        own, own_key = certificate(name, (issuer, issuer_key))
        (folder / f"{authority}.pem").write_bytes(issuer.public_bytes(Encoding.PEM))
        (folder / f"{name}.pem").write_bytes(own.public_bytes(Encoding.PEM))
        secret = own_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}_key.pem").write_bytes(secret)
    return folder


def certificate(name: str, issuer: tuple[Any, Any] | None) -> tuple[Any, Any]:
    """A certificate for this machine and its key, signed by an issuer, or by itself as an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key if issuer is None else issuer[1], hashes.SHA256())
    )
    return made, key


def identity(folder: Path, authority: str = "ca", name: str = "cert") -> dict[str, str]:
    """What the page on sweeps tells to set, here, for a cluster with TLS."""
    tls = "DASK_DISTRIBUTED__COMM__TLS"
    return {
        f"{tls}__CA_FILE": str(folder / f"{authority}.pem"),
        f"{tls}__CLIENT__CERT": str(folder / f"{name}.pem"),
        f"{tls}__CLIENT__KEY": str(folder / f"{name}_key.pem"),
    }


def test_on_dask_with_tls_who_has_a_certificate_gets_the_same_bytes_and_nobody_else_gets_in(
    certificates: Path, serial: dict[str, bytes], tmp_path: Path
) -> None:
    files = {"--tls-ca-file": "ca.pem", "--tls-cert": "cert.pem", "--tls-key": "cert_key.pem"}
    security = [word for option, file in files.items() for word in (option, str(certificates / file))]
    with dask_cluster(tmp_path, *security, protocol="tls") as address:
        assert address.startswith("tls://127.0.0.1:")
        for number, (known, said) in enumerate(
            (
                ({}, "asks for a certificate, and Dask is told of none: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE"),
                (identity(certificates, name="nobody"), "certificates that Dask is told to use cannot be read"),
                (identity(certificates, "other_ca", "other"), "no Dask scheduler answers"),
                (identity(certificates), ""),
            )
        ):
            folder = tmp_path / f"out{number}"
            command = [sys.executable, "-m", "portfolioopt", "sweep", *QUICK, "--out", str(folder), "--quiet"]
            command += ["--engine", "dask", "--address", address]
            ended = subprocess.run(command, env={**ENV, **known}, capture_output=True, text=True, timeout=PATIENCE)
            assert ended.returncode == (1 if said else 0), ended.stderr
            assert said in ended.stderr
            assert "Traceback" not in ended.stderr
        assert answers(folder) == serial
    assert not any(b"PRIVATE KEY" in file.read_bytes() for file in folder.rglob("*") if file.is_file())


RAY = """
import logging, sys, ray
ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
print("address", ray.get_runtime_context().gcs_address, flush=True)
sys.stdin.read()
"""


@contextmanager
def ray_cluster() -> Iterator[str]:
    """A Ray cluster of two processors; its address."""
    pytest.importorskip("ray")

    def address_of(line: str) -> str:
        return line.split()[1] if line.startswith("address") else ""

    with started(sys.executable, "-c", RAY, ready=address_of) as address:
        yield address


@KILLED
def test_on_ray_killed_workers_leave_the_bytes_of_a_run_in_one_process(
    kills: int, serial: dict[str, bytes], tmp_path: Path
) -> None:
    with ray_cluster() as address:
        at_work(["--engine", "ray", "--address", address], serial, tmp_path / "out", kills)


def test_a_sweep_that_is_killed_goes_on_on_another_engine(serial: dict[str, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "portfolioopt", "sweep", *QUICK, "--engine", "serial", "--out", str(folder), "-q"]
    with subprocess.Popen(command, env=ENV, stderr=subprocess.DEVNULL) as process:
        while len(lines(folder)) < 6 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    before = len(lines(folder))
    assert 6 <= before <= POINTS
    assert not (folder / "study.json").exists()
    assert run(["sweep", "--resume", str(folder), "--engine", "loky", "--workers", "2", "--quiet"]) == 0
    # all that was stored is taken; what was being stored just then may be stored twice
    assert len(lines(folder)) <= POINTS + 2
    assert answers(folder) == serial


def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "portfolioopt", "sweep", *QUICK, "--workers", "2", "--out", str(folder)]
    with subprocess.Popen(
        command, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while len(lines(folder)) < 5 and process.poll() is None:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
        told, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, said
    assert "Partial answer, stopped by: interrupted" in told
    assert "Traceback" not in said
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["complete"], manifest["stopped_by"]) == (False, "interrupted")
    assert len(list(folder.glob("points/*/*.json"))) >= 5


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    command = [sys.executable, "-m", "portfolioopt", "sweep", *QUICK[:3], "--engine", "dask"]
    command += ["--address", "tcp://127.0.0.1:1", "--out", str(tmp_path / "out"), "--quiet"]
    ended = subprocess.run(command, env=ENV, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in ended.stderr
    assert "Traceback" not in ended.stderr


WIDE = ("capital.budget=x0.9..x1.1", "discount_rate=0.07..0.09", "skills.software_engineer.capacity=x0.9..x1.1")
LARGE = [str(INSTANCES / "automaker_2026"), "--gap", "0.02", "--work-limit", "1.7", "--sample", "200"]
LARGE += [word for one in WIDE for word in ("--range", one)]
"""Some two seconds a point: enough for the first good plans, and bytes are what is compared."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run in one process leaves of two hundred points, made once for all engines."""
    folder = tmp_path_factory.mktemp("large") / "out"
    assert swept([*LARGE, "--engine", "serial"], folder, kills=0) == 0
    found = answers(folder)
    assert sum(1 for name in found if name.startswith("points")) == 201
    return found


@contextmanager
def cluster(engine: str, folder: Path) -> Iterator[list[str]]:
    """What the command is told to run on two workers of that engine."""
    if engine == "dask":
        with dask_cluster(folder) as address:
            yield ["--address", address]
    elif engine == "ray":
        with ray_cluster() as address:
            yield ["--address", address]
    else:
        yield ["--workers", "2"]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["loky", "dask", "ray"])
def test_two_hundred_points_of_the_large_portfolio_survive_five_kills(
    engine: str, large: dict[str, bytes], tmp_path: Path
) -> None:
    with cluster(engine, tmp_path) as place:
        assert swept([*LARGE, "--engine", engine, *place], tmp_path / "out") == KILLS
    assert answers(tmp_path / "out") == large
