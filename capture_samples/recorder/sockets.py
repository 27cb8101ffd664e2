"""Socket options of Linux that Python's socket module has no names for (<linux/in.h>, <asm-generic/socket.h>)."""

IP_MTU_DISCOVER = 10
IP_PMTUDISC_DONT = 0
IP_PMTUDISC_DO = 2
SO_NO_CHECK = 11
