"""The walls of the jail, built by the child process around itself before it reads a template.

Standard library only, and quick to import: the child pays for every line. Each function builds one
wall or raises ``OSError``; none of them can be taken down again by the process that built it.
"""

import ctypes
import os
import resource
import stat
import struct
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

LANDLOCK = "Landlock"
SECCOMP = "seccomp"
NO_NETWORK = "network namespace"
NO_ROOT = "not root"
NO_CAPABILITIES = "no capabilities"
RESOURCES = "resource limits"

NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_FILTER = 38, 22, 2
_CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = 0x08000000, 0x10000000, 0x40000000
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_O_PATH = 0x200000

_READ_FILE, _READ_DIR, _TRUNCATE = 1 << 2, 1 << 3, 1 << 14
_EXECUTE, _MAKE_CHAR, _MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK, _MAKE_SYM = (
    1,
    1 << 6,
    1 << 9,
    1 << 10,
    1 << 11,
    1 << 12,
)
_ALL_OF_ABI_1 = (1 << 13) - 1
_REFER, _IOCTL_DEVICE = 1 << 13, 1 << 15
_NET_BIND_AND_CONNECT, _SCOPE_SOCKETS_AND_SIGNALS = 0b11, 0b11


def limit_resources(cpu_s: int, memory_bytes: int, file_bytes: int, open_files: int) -> None:
    """CPU time, address space, size of one file, open files; no child processes, no core dumps."""
    wanted = {
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    if sys.platform == "linux":
        # macOS takes the call and does nothing, or refuses it.
        wanted[resource.RLIMIT_AS] = memory_bytes
    for limit, value in wanted.items():
        hard = resource.getrlimit(limit)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))


def leave_network() -> None:
    """A network namespace of its own, with nothing in it; a user namespace too where that is needed."""
    if os.geteuid() == 0 and _unshare(_CLONE_NEWNET | _CLONE_NEWIPC) == 0:
        return
    if _unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) != 0:
        raise _failure("the host refuses a namespace")


def leave_root(readable: Iterable[str]) -> None:
    """Stop being root for good.

    Args:
        readable: Folders that are needed later; when somebody who is not root cannot reach them
            (a Python below ``/root``), the wall is not built.
    """
    needed = [path for path in map(Path, readable) if path.is_dir()]
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        for path in needed:
            next(path.iterdir(), None)
    except PermissionError as error:
        os.seteuid(0)
        os.setegid(0)
        raise OSError(f"only root can reach {error.filename}") from error
    os.seteuid(0)
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def give_up_capabilities() -> None:
    """Root without root's powers: no more than the owner of root's files."""
    if _libc is None:
        raise OSError("not on Linux")
    header, nothing = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    if _libc.capset(header, nothing) != 0:
        raise _failure("capabilities cannot be given up")


def restrict_files(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Landlock: read below some folders, write below others, nothing else; no TCP where the kernel can.

    Nothing may be executed, and no links, pipes or devices made, anywhere.
    """
    version = _syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        raise _failure("the kernel has no Landlock")
    handled = _ALL_OF_ABI_1 | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    handled |= _IOCTL_DEVICE if version >= 5 else 0
    network = _NET_BIND_AND_CONNECT if version >= 4 else 0
    scoped = _SCOPE_SOCKETS_AND_SIGNALS if version >= 6 else 0
    attributes = struct.pack("=QQQ", handled, network, scoped)[
        : 8 if version < 4 else 16 if version < 6 else 24
    ]
    ruleset = _syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if ruleset < 0:
        raise _failure("Landlock takes no rules")
    never = _EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_FIFO | _MAKE_BLOCK | _MAKE_SYM | _REFER | _IOCTL_DEVICE
    for path in readable:
        _allow(ruleset, path, _READ_FILE | _READ_DIR)
    for path in writable:
        _allow(ruleset, path, handled & ~never)
    _no_new_privileges()
    if _syscall(_LANDLOCK_RESTRICT, ruleset, 0) != 0:
        raise _failure("Landlock does not close")
    os.close(ruleset)


def refuse_calls() -> None:
    """seccomp: no sockets, no new processes, no programs, no links, no tracing, no mounting.

    Raises:
        OSError: The kernel refuses, or its call numbers are not known here.
    """
    known = _CALLS.get(os.uname().machine)
    if known is None:
        raise OSError(f"call numbers of {os.uname().machine} are not known")
    architecture, numbers = known
    program = _filter(architecture, sorted(numbers), has_second_abi=os.uname().machine == "x86_64")
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("=H6xQ", len(program) // 8, ctypes.addressof(buffer))
    _no_new_privileges()
    if _prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, header) != 0:
        raise _failure("the kernel takes no filter")


def watch(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Let the interpreter itself refuse what the kernel may not have been told to refuse.

    The weakest wall and the only one that every platform has: it stops Python code, not native code.
    """
    may_write = tuple(os.path.realpath(path) + os.sep for path in writable)
    may_read = (*may_write, *(os.path.realpath(path) + os.sep for path in readable))

    def inside(path: object, folders: tuple[str, ...]) -> bool:
        if isinstance(path, int):
            return True
        return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(folders)  # type: ignore[arg-type]

    def judge(event: str, arguments: tuple[object, ...]) -> None:
        if event in _NEVER or event.startswith(("socket.", "ctypes.", "subprocess.")):
            raise PermissionError(f"{event} is not for templates")
        if event == "open":
            flags = arguments[2] if isinstance(arguments[2], int) else 0
            if not inside(arguments[0], may_write if flags & _WRITING else may_read):
                raise PermissionError(f"{arguments[0]} lies outside of the workspace")
        elif event in _CHANGES and not inside(arguments[0], may_write):
            raise PermissionError(f"{arguments[0]} lies outside of the workspace")

    sys.addaudithook(judge)


def attempt(wanted: Mapping[str, Callable[[], None]]) -> tuple[list[str], dict[str, str]]:
    """Build what can be built, in the given order: the walls that stand, and why others do not."""
    standing, missing = [], {}
    for name, build in wanted.items():
        try:
            build()
        except OSError as error:
            missing[name] = str(error)
        else:
            standing.append(name)
    return standing, missing


def _filter(architecture: int, numbers: list[int], has_second_abi: bool) -> bytes:
    """A classic BPF program: the listed calls answer EPERM, a foreign architecture is the end."""

    def instruction(code: int, yes: int, no: int, value: int) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    program = [
        instruction(load, 0, 0, 4),
        instruction(equal, 1, 0, architecture),
        instruction(answer, 0, 0, 0x80000000),
        instruction(load, 0, 0, 0),
    ]
    left = len(numbers) + 1
    if has_second_abi:
        # x32 has the same architecture and other numbers.
        program.append(instruction(at_least, left, 0, 0x40000000))
    for number in numbers:
        left -= 1
        program.append(instruction(equal, left, 0, number))
    program.append(instruction(answer, 0, 0, 0x7FFF0000))
    program.append(instruction(answer, 0, 0, 0x00050000 | 1))
    return b"".join(program)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        handle = os.open(path, _O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            access &= _READ_FILE | _TRUNCATE | 1 << 1
        rule = struct.pack("=Qi", access, handle)
        if _syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0) != 0:
            raise _failure(f"Landlock takes no rule for {path}")
    finally:
        os.close(handle)


def _no_new_privileges() -> None:
    if _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0) != 0:
        raise _failure("privileges cannot be given up")


def _syscall(number: int, *arguments: bytes | int | None) -> int:
    if _libc is None:
        raise OSError("not on Linux")
    converted = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    return int(_libc.syscall(ctypes.c_long(number), *converted))


def _prctl(option: int, first: int, second: int | bytes) -> int:
    if _libc is None:
        raise OSError("not on Linux")
    last = ctypes.c_ulong(second) if isinstance(second, int) else second
    return int(_libc.prctl(option, ctypes.c_ulong(first), last, ctypes.c_ulong(0), ctypes.c_ulong(0)))


def _unshare(flags: int) -> int:
    if _libc is None:
        raise OSError("not on Linux")
    return int(_libc.unshare(flags))


def _failure(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(f"{what} ({os.strerror(number)})" if number else what)


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset(
    f"os.{name}" for name in ("chmod", "chown", "mkdir", "remove", "rename", "rmdir", "truncate", "utime")
)
_NEVER = frozenset(
    f"os.{name}"
    for name in ("exec", "fork", "forkpty", "kill", "link", "posix_spawn", "spawn", "symlink", "system")
)

_SAME_EVERYWHERE = {424, 425, 434, 435, 438}
"""pidfd_send_signal, io_uring_setup, pidfd_open, clone3, pidfd_getfd."""

_X86_64 = {
    *(41, 53, 56, 57, 58, 59, 62),  # socket, socketpair, clone, fork, vfork, execve, kill
    *(86, 88, 101, 129, 133, 135),  # link, symlink, ptrace, rt_sigqueueinfo, mknod, personality
    *(155, 161, 165, 166, 175),  # pivot_root, chroot, mount, umount2, init_module
    *(200, 234, 248, 249, 250, 259),  # tkill, tgkill, add_key, request_key, keyctl, mknodat
    *(265, 266, 272, 297, 298),  # linkat, symlinkat, unshare, rt_tgsigqueueinfo, perf_event_open
    *(304, 308, 310, 311, 313),  # open_by_handle_at, setns, process_vm_readv and _writev, finit_module
    *(321, 322, 323),  # bpf, execveat, userfaultfd
}
_AARCH64 = {
    *(198, 199, 220, 221, 129),  # socket, socketpair, clone, execve, kill
    *(33, 36, 37, 117, 138, 92),  # mknodat, symlinkat, linkat, ptrace, rt_sigqueueinfo, personality
    *(41, 51, 40, 39, 105),  # pivot_root, chroot, mount, umount2, init_module
    *(130, 131, 217, 218, 219),  # tkill, tgkill, add_key, request_key, keyctl
    *(97, 240, 241),  # unshare, rt_tgsigqueueinfo, perf_event_open
    *(265, 268, 270, 271, 273),  # open_by_handle_at, setns, process_vm_readv and _writev, finit_module
    *(280, 281, 282),  # bpf, execveat, userfaultfd
}
_CALLS = {
    "x86_64": (0xC000003E, _X86_64 | _SAME_EVERYWHERE),
    "aarch64": (0xC00000B7, _AARCH64 | _SAME_EVERYWHERE),
}
