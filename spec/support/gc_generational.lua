--- The generational collector, at its most eager.
collectgarbage("generational", 1, 1)
require "spec.support.lean"
