// The operators of integers that never trap (Bytes/Arithmetic.swift) are for each file of the room.
@_exported import Bytes
