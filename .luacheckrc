std = "min"
max_line_length = 100
exclude_files = { "build*", ".cache" }
files["spec"] = { std = "max+busted" }
files["examples"] = { std = "max" }
files["examples/haproxy"] = { std = "max", read_globals = { "core" } }
files["examples/nginx"] = { std = "max", globals = { "ngx" } }
files["examples/neovim"] = { std = "max", globals = { "vim" } }
files["spec/hosts/neovim_client.lua"] = { std = "max", globals = { "vim" } }
files["bench"] = { std = "max" }
-- declarations, of which nothing runs
files["library"] = { ignore = { "21.", "221", "241" }, max_line_length = 160 }
