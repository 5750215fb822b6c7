// What tests share with the fuzz targets is there in every file of this module.
@_exported import TestSupport
