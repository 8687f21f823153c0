"""The player: one process of tests/soak/test_cases --serve, given one job after the other."""
import os
import select
import shutil
import subprocess
import tempfile

JOB_SECONDS = 600  # that nothing hangs; no measure of speed


class PlayerDied(Exception):
    """The text: how, and what it said last."""


class Player:
    def __init__(self, binary, chronus):
        self.binary, self.chronus = os.path.abspath(binary), os.path.abspath(chronus)
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.mkdtemp(prefix="chronus-cases-", dir=base)
        self.process = self.log = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self):
        self.log = open(self.path("log"), "wb")
        self.process = subprocess.Popen([self.binary, "--serve"], cwd=self.folder,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log)

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.log.close()
        self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def said(self):
        with open(self.path("log"), errors="replace") as file:
            return file.read()

    def do(self, *words):
        """The answer of one job."""
        if not self.process:
            self.start()
        self.process.stdin.write(("\t".join(words) + "\n").encode())
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], JOB_SECONDS)
        answer = self.process.stdout.readline().decode().strip() if ready else ""
        if answer:
            return answer
        how = "hangs" if not ready else "ended with %s" % self.process.wait()
        text = self.said()[-1500:]
        self.stop()
        raise PlayerDied("the player %s at: %s\n%s" % (how, " ".join(words), text))

    def render(self, *options):
        """The exit code of `chronus render` with these options."""
        return int(self.do("render", *options).split()[1])

    def render_outside(self, *options):
        """The same by the program itself."""
        return subprocess.run([self.chronus, "render", *options], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    def run_outside(self, *options):
        """`chronus run` in real time: what it said."""
        return subprocess.run([self.chronus, "run", *options], cwd=self.folder,
                              env=dict(os.environ, CHRONUS_RUNTIME_DIR=self.path("runtime")),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT).stdout.decode(errors="replace")

    def run(self, **settings):
        """Counters of a run in virtual time."""
        words = self.do("run", *["%s=%s" % pair for pair in settings.items()]).split()[1:]
        return dict(zip(words[::2], map(int, words[1::2])))
