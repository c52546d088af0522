"""Faults on real parts: processes are killed, connections are cut, rivals meet; nothing is lost or done twice."""
