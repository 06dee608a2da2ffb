"""blas.py MODULE - prints the library in which a Python module multiplies
matrices. Exit status 1 if that is the reference BLAS, which nobody would
compare with; 77 if the module is missing."""
import importlib
import os
import sys

try:
    importlib.import_module(sys.argv[1])
except ImportError:
    sys.exit(77)

with open("/proc/self/maps") as maps:
    mapped = {line.split(None, 5)[5].strip() for line in maps
              if line.count("/")}
found = sorted(path for path in mapped
               if any(name in os.path.basename(path)
                      for name in ("blas", "mkl", "blis")))
# Debian's, by alternatives: /usr/lib/*/blas/libblas.so.3 is the reference.
reference = [path for path in found if path.endswith("/libblas.so.3") and
             os.path.basename(os.path.dirname(path)) not in
             ("openblas-pthread", "openblas-openmp", "openblas-serial",
              "atlas", "blis-pthread", "blis-openmp", "blis-serial")]
print(", ".join(found) or "built in")
sys.exit(1 if reference else 0)
