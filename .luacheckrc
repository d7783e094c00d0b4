std = "min"
max_line_length = 100
exclude_files = { "build*", ".cache" }
files["spec"] = { std = "max+busted" }
files["examples"] = { std = "max" }
files["bench"] = { std = "max" }
