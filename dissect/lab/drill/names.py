"""The numbers of the names that scripts use, as Linux has them, so that scripts mean the same on every system."""

from __future__ import annotations

__all__ = ["ERRNO", "NUMBERS", "errno_name"]

ERRNO = {
    "EINTR": 4, "EIO": 5, "EBADF": 9, "EAGAIN": 11, "EWOULDBLOCK": 11, "ENOMEM": 12, "EFAULT": 14, "EINVAL": 22,
    "EPIPE": 32, "ENOTSOCK": 88, "EDESTADDRREQ": 89, "EMSGSIZE": 90, "ENOPROTOOPT": 92, "EPROTONOSUPPORT": 93,
    "EOPNOTSUPP": 95, "EADDRINUSE": 98, "EADDRNOTAVAIL": 99, "ENETUNREACH": 101, "ECONNABORTED": 103, "ECONNRESET": 104,
    "ENOBUFS": 105, "EISCONN": 106, "ENOTCONN": 107, "ETIMEDOUT": 110, "ECONNREFUSED": 111, "EHOSTUNREACH": 113,
    "EALREADY": 114, "EINPROGRESS": 115,
}  # fmt: skip
"""Errors by name."""

NUMBERS = {
    **ERRNO,
    # socket(2)
    "AF_INET": 2, "AF_INET6": 10, "PF_INET": 2, "PF_INET6": 10, "SOCK_STREAM": 1, "SOCK_DGRAM": 2,
    "SOCK_NONBLOCK": 2048,
    "SOCK_CLOEXEC": 524288, "IPPROTO_IP": 0, "IPPROTO_ICMP": 1, "IPPROTO_TCP": 6, "IPPROTO_UDP": 17, "IPPROTO_IPV6": 41,
    "INADDR_ANY": 0, "SHUT_RD": 0, "SHUT_WR": 1, "SHUT_RDWR": 2,
    # send(2), recv(2)
    "MSG_OOB": 1, "MSG_PEEK": 2, "MSG_DONTROUTE": 4, "MSG_CTRUNC": 8, "MSG_TRUNC": 32, "MSG_DONTWAIT": 64,
    "MSG_EOR": 128, "MSG_WAITALL": 256, "MSG_ERRQUEUE": 8192, "MSG_NOSIGNAL": 16384, "MSG_MORE": 32768,
    "MSG_ZEROCOPY": 67108864, "MSG_FASTOPEN": 536870912,
    # setsockopt(2), socket(7), ip(7), tcp(7)
    "SOL_IP": 0, "SOL_SOCKET": 1, "SOL_TCP": 6, "SOL_UDP": 17, "SOL_IPV6": 41,
    "SO_REUSEADDR": 2, "SO_ERROR": 4, "SO_BROADCAST": 6, "SO_SNDBUF": 7, "SO_RCVBUF": 8, "SO_KEEPALIVE": 9,
    "SO_OOBINLINE": 10, "SO_PRIORITY": 12, "SO_LINGER": 13, "SO_REUSEPORT": 15, "SO_RCVLOWAT": 18, "SO_SNDLOWAT": 19,
    "SO_RCVTIMEO": 20, "SO_SNDTIMEO": 21, "SO_TIMESTAMP": 29, "SO_ACCEPTCONN": 30, "SO_SNDBUFFORCE": 32,
    "SO_RCVBUFFORCE": 33, "SO_TIMESTAMPNS": 35, "SO_MARK": 36, "SO_TIMESTAMPING": 37, "SO_BUSY_POLL": 46,
    "SO_MAX_PACING_RATE": 47, "SO_ZEROCOPY": 60,
    "IP_TOS": 1, "IP_TTL": 2, "IP_RECVERR": 11, "IP_RECVTOS": 13, "IP_MTU_DISCOVER": 10, "IP_MTU": 14,
    "IP_PMTUDISC_DONT": 0, "IP_PMTUDISC_WANT": 1, "IP_PMTUDISC_DO": 2, "IP_PMTUDISC_PROBE": 3,
    "TCP_NODELAY": 1, "TCP_MAXSEG": 2, "TCP_CORK": 3, "TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 6,
    "TCP_SYNCNT": 7, "TCP_LINGER2": 8, "TCP_DEFER_ACCEPT": 9, "TCP_WINDOW_CLAMP": 10, "TCP_INFO": 11,
    "TCP_QUICKACK": 12,
    "TCP_CONGESTION": 13, "TCP_MD5SIG": 14, "TCP_USER_TIMEOUT": 18, "TCP_FASTOPEN": 23, "TCP_TIMESTAMP": 24,
    "TCP_NOTSENT_LOWAT": 25, "TCP_SAVE_SYN": 27, "TCP_FASTOPEN_CONNECT": 30, "TCP_INQ": 36,
    # fcntl(2), ioctl(2), poll(2), epoll(7)
    "F_GETFL": 3, "F_SETFL": 4, "O_RDONLY": 0, "O_WRONLY": 1, "O_RDWR": 2, "O_NONBLOCK": 2048,
    "SIOCINQ": 21531, "FIONREAD": 21531, "SIOCOUTQ": 21521, "SIOCOUTQNSD": 35147,
    "POLLIN": 1, "POLLPRI": 2, "POLLOUT": 4, "POLLERR": 8, "POLLHUP": 16, "POLLNVAL": 32, "POLLRDNORM": 64,
    "POLLWRNORM": 256, "POLLRDHUP": 8192,
    "EPOLL_CTL_ADD": 1, "EPOLL_CTL_DEL": 2, "EPOLL_CTL_MOD": 3, "EPOLLIN": 1, "EPOLLPRI": 2, "EPOLLOUT": 4,
    "EPOLLERR": 8, "EPOLLHUP": 16, "EPOLLRDHUP": 8192, "EPOLLET": 2147483648, "EPOLLONESHOT": 1073741824,
}  # fmt: skip
"""What the names of constants stand for, on Linux (x86-64)."""

_NAMES = {number: name for name, number in reversed(ERRNO.items())}


def errno_name(number: int) -> str:
    """Return the name of an error's number, or its digits.

    >>> errno_name(11), errno_name(9999)
    ('EAGAIN', '9999')
    """
    return _NAMES.get(number, str(number))
