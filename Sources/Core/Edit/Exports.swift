// Makes the non-trapping integer operators (Bytes/Arithmetic.swift) visible in each file of this room.
@_exported import Bytes
