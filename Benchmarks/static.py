#!/usr/bin/env python3
"""Measures gw_im_mad_static against a host list of 10,000 hosts, each with an attribute file of its own.

Usage: Benchmarks/static.py DRIVER [--hosts NUMBER] [--without-shell]

DRIVER is a release build. The comparison is a shell script that does for each request what a driver written in shell
has to do: a subshell that looks the host up with grep and joins the lines of its file. Only Python's standard library
is needed. Figures go to stdout, one per line.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

SHELL_DRIVER = r"""
while read -r verb number host rest; do
    case $verb in
        INIT) echo "INIT - SUCCESS -" ;;
        DISCOVER) (
            names=
            while read -r name file; do names="$names $name"; done < "$1"
            echo "DISCOVER - SUCCESS$names"
        ) & ;;
        MONITOR) (
            file=$(grep "^$host " "$1" | cut -d' ' -f2)
            text=
            while read -r line; do text="$text $line"; done < "$file"
            echo "MONITOR $number SUCCESS$text"
        ) & ;;
        FINALIZE) echo "FINALIZE - SUCCESS -"; exit 0 ;;
    esac
done
"""

ATTRIBUTES = """HOSTNAME="{host}" ARCH="x86_64" OS_NAME="Linux" OS_VERSION="6.1.0" CPU_MODEL="EPYC 7313" CPU_MHZ=3000
CPU_FREE={n} CPU_SMP=32 NODECOUNT=192 SIZE_MEM_MB=131072 FREE_MEM_MB=98304 SIZE_DISK_MB=2048000 FREE_DISK_MB=1536000
FORK_NAME="jobmanager-fork" LRMS_NAME="jobmanager-slurm" LRMS_TYPE="slurm" SE_HOSTNAME="storage.example.org:2811"
QUEUE_NAME[0]="short" QUEUE_NODECOUNT[0]=64 QUEUE_FREENODECOUNT[0]=40 QUEUE_MAXTIME[0]=60 QUEUE_MAXCPUTIME[0]=60
QUEUE_MAXCOUNT[0]=16 QUEUE_MAXRUNNINGJOBS[0]=0 QUEUE_MAXJOBSINQUEUE[0]=0 QUEUE_STATUS[0]="enabled"
QUEUE_DISPATCHTYPE[0]="batch" QUEUE_PRIORITY[0]="high"
"""


class Driver:
    """A driver process and the time it takes to answer."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.reader = os.fdopen(os.dup(self.process.stdout.fileno()), "rb", buffering=1 << 20)
        assert self.ask("INIT - - -").startswith(b"INIT - SUCCESS")

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        return self.reader.readline()

    def time(self, line):
        start = time.perf_counter()
        answer = self.ask(line)
        assert b" SUCCESS " in answer, answer[:200]
        return (time.perf_counter() - start) * 1000

    def rate(self, hosts, window):
        """Answers per second with `window` requests outstanding."""
        places = threading.Semaphore(window)

        def send():
            step = max(1, window // 8)
            for first in range(0, len(hosts), step):
                part = hosts[first:first + step]
                for _ in part:
                    places.acquire()
                text = "".join(f"MONITOR {first + i} {host} -\n" for i, host in enumerate(part))
                self.process.stdin.write(text.encode())

        sender = threading.Thread(target=send)
        start = time.perf_counter()
        sender.start()
        for _ in hosts:
            answer = self.reader.readline()
            assert b" SUCCESS " in answer, answer[:200]
            places.release()
        sender.join()
        return len(hosts) / (time.perf_counter() - start)

    def resident(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def finish(self):
        self.ask("FINALIZE - - -")
        self.process.stdin.close()
        self.process.wait(10)


def show(name, value, unit, target=""):
    print(f"{name:<58} {value:>12,.2f} {unit:<6} {target}".rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("driver")
    parser.add_argument("--hosts", type=int, default=10_000)
    parser.add_argument("--without-shell", action="store_true")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        hosts = [f"host{n:05}.example.org" for n in range(options.hosts)]
        for n, host in enumerate(hosts):
            pathlib.Path(folder, host).write_text(ATTRIBUTES.format(host=host, n=n))
        hosts_file = pathlib.Path(folder, "host.list")
        hosts_file.write_text("".join(f"{host} {folder}/{host}\n" for host in hosts))
        # A file younger than this could change without its time stamps telling, and is read for every request.
        time.sleep(2.1)

        driver = Driver([options.driver, f"-l {hosts_file} --line-limit 10000000"])
        show("resident after INIT", driver.resident(), "MB")
        show(f"DISCOVER {options.hosts} hosts, first (reads the list)", driver.time("DISCOVER - - -"), "ms", "<= 20")
        times = [driver.time("DISCOVER - - -") for _ in range(50)]
        show("DISCOVER again, median of 50", statistics.median(times), "ms", "<= 20")
        show("DISCOVER again, slowest of 50", max(times), "ms", "<= 20")
        show("MONITOR, first of each host (reads its file)", driver.rate(hosts, 512), "/s", ">= 20,000")
        best = statistics.median(driver.rate(hosts * 4, 512) for _ in range(5))
        show("MONITOR, 512 outstanding", best, "/s", ">= 20,000")
        show("MONITOR, 4 outstanding", driver.rate(hosts, 4), "/s")
        times = [driver.time(f"MONITOR 7 {hosts[7]} -") for _ in range(2000)]
        show("MONITOR, one at a time, median", statistics.median(times), "ms")
        show("resident with every file known", driver.resident(), "MB")
        driver.finish()

        driver = Driver([options.driver, f"-l {hosts_file}"])
        driver.time("DISCOVER - - -")
        times = [driver.time("DISCOVER - - -") for _ in range(50)]
        show("DISCOVER in pages of 16,000 bytes, median of 50", statistics.median(times), "ms", "<= 20")
        driver.finish()

        if not options.without_shell:
            script = pathlib.Path(folder, "driver.sh")
            script.write_text(SHELL_DRIVER)
            driver = Driver(["bash", str(script), str(hosts_file)])
            show("shell: DISCOVER", driver.time("DISCOVER - - -"), "ms")
            rate = driver.rate(hosts[:500], 16)
            show("shell: MONITOR, 16 outstanding", rate, "/s")
            show("ratio MONITOR", best / rate, "x")
            driver.finish()


if __name__ == "__main__":
    main()
