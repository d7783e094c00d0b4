--- A collector that never rests: as much of a cycle as possible at every step.
collectgarbage("setpause", 0)
collectgarbage("setstepmul", 1000)
