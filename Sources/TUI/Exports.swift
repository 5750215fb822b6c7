// The operators of integers that never trap (Core/Bytes/Arithmetic.swift) are for each file here.
@_exported import Bytes
