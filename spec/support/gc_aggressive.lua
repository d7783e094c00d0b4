--- A collector that never rests: every step does as much of a cycle as possible.
collectgarbage("setpause", 0)
collectgarbage("setstepmul", 1000)
require "spec.support.lean"
