"""Captures in Spark: rows are those of tables, in any number of parts, here and on a cluster of two workers."""

from __future__ import annotations

import doctest
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dissect import read_table, write
from tests.tables.test_splits import packets
from tests.test_docs import FLAGS, ROOT, blocks

pytestmark = pytest.mark.spark

COLUMNS = "frame.time_epoch,ip.src,ip.id,tcp.dstport,tcp.len"


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spark") / "large.pcap"
    write(path, packets(3000))
    return path


def session(master: str) -> Any:
    from pyspark.sql import SparkSession

    from dissect.doors.spark import DissectSource

    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = (
        SparkSession.builder.master(master)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executor.memory", "500m")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.python.filterPushdown.enabled", "true")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    made.dataSource.register(DissectSource)
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A master and two workers on the loopback address."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = free_port()
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> None:
        command = [str(home / "bin" / "spark-class"), *words]
        environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        started.append(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
        )

    deploy = "org.apache.spark.deploy"
    start(f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(free_port()))
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.2)
    for _ in range(2):
        words = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", str(free_port()))
        start(f"{deploy}.worker.Worker", *words, f"spark://127.0.0.1:{port}")
    yield f"spark://127.0.0.1:{port}"
    for process in reversed(started):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def rows_of(spark: Any, capture: Path, **options: object) -> Any:
    reader = spark.read.format("dissect").option("columns", COLUMNS)
    for name, value in options.items():
        reader = reader.option(name, str(value))
    return reader.load(str(capture))


def test_on_this_machine(capture: Path) -> None:
    spark = session("local[2]")
    try:
        expected = read_table(capture, COLUMNS.split(","))
        rows = rows_of(spark, capture, part=300_000)
        assert rows.rdd.getNumPartitions() > 4
        assert sorted(row["ip.id"] for row in rows.collect()) == expected["ip.id"].to_pylist()
        some = rows.where("`ip.id` = 7 or `ip.id` = 9").collect()
        assert {row["tcp.len"] for row in some} == {expected["tcp.len"][7].as_py(), expected["tcp.len"][9].as_py()}
        assert rows.where("`ip.id` < 5").count() == 5
        assert rows_of(spark, capture, part=300_000, filter="ip.id < 5").count() == 5
        first = rows_of(spark, capture, occurrence="all").first()
        assert first["ip.src"] == ["10.0.0.1"]
        numbered = spark.read.format("dissect").option("columns", "frame.number").option("part", "300000")
        assert numbered.load(str(capture)).rdd.getNumPartitions() == 1
    finally:
        spark.stop()


def test_on_a_cluster(capture: Path, cluster: str) -> None:
    spark = session(cluster)
    try:
        rows = rows_of(spark, capture, part=300_000)
        expected = sum(read_table(capture, ["tcp.len"])["tcp.len"].to_pylist())
        assert rows.selectExpr("sum(`tcp.len`)").first()[0] == expected
    finally:
        spark.stop()


def test_the_pages_show_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "capture_samples").symlink_to(ROOT / "capture_samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    first, second = (
        "\n".join(block for _, block in blocks(ROOT / "docs" / name, "py")) for name in ("how_to/spark.md", "scale.md")
    )
    # The second page goes on in the session of the first.
    begins, stops, nothing = first.partition(">>> spark.stop()\n")
    assert not nothing
    test = doctest.DocTestParser().get_doctest(begins + second + stops, {}, "spark.md", None, 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert (outcome.failed, outcome.attempted) == (0, 11), "".join(said)


def test_mistakes_are_told(capture: Path) -> None:
    spark = session("local[1]")
    try:
        with pytest.raises(Exception, match="name the columns"):
            spark.read.format("dissect").load(str(capture))
        with pytest.raises(Exception, match="colums is no option"):
            spark.read.format("dissect").option("colums", "ip.src").load(str(capture))
    finally:
        spark.stop()
