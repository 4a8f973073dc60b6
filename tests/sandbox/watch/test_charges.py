"""What is charged for memory that no process's size shows."""

from __future__ import annotations

from pathlib import Path

from autograder.sandbox.watch import charges

MIB = 2**20
SOCKSTAT = b"sockets: used 17\nTCP: inuse 2 orphan 0 tw 0 alloc 1 mem 159\nUDP: inuse 3 mem 0\n\n"
SOCKSTAT6 = b"TCP6: inuse 1\nUDP6: inuse 0\n"


def test_page_tables_and_huge_pages() -> None:
    status = b"Name:\tVmPTE: 9 kB\\n\nVmRSS:\t  89000 kB\nVmPTE:\t 2048 kB\nHugetlbPages:\t 1024 kB\nThreads:\t1\n"
    assert charges.of_page_tables(status) == 3 * MIB
    assert charges.of_page_tables(b"") == 0


def test_sockets_are_charged_what_they_may_hold() -> None:
    none = charges.of_sockets(b"sockets: used 0\n", b"")
    unix = charges.of_sockets(b"sockets: used 17\n", b"")
    both = charges.of_sockets(SOCKSTAT, SOCKSTAT6)
    assert none == charges.of_sockets(b"", b"") == 0
    assert unix == 17 * int(Path("/proc/sys/net/core/wmem_default").read_text())
    assert both - unix >= 3 * MIB
