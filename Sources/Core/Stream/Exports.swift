// Each file of the room uses the integer operators that never trap (Bytes/Arithmetic.swift).
@_exported import Bytes
