// Makes the non-trapping integer operators (Core/Bytes/Arithmetic.swift) visible in each file of this target.
@_exported import Bytes
