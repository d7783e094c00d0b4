-- An answer that comes compressed: libcurl takes memory for it when its head is over.
local support = dofile "torture/support.lua"

-- {"snapshots":[{"id":"s","name":"compressed", ...}]}, by zlib
local BODY = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x1d\x8c\x3b\x0a\x80\x30\x10\x05\xef\xf2"
  .. "\xea\x34\xb6\xb9\x8a\x88\xac\x66\xc1\x40\x7e\xb8\x49\x0a\x43\xee\xee\x6a\x37\x0c"
  .. "\xc3\x0c\x48\xa2\x22\x57\xae\x02\xbb\x0e\x78\x07\x0b\x81\x41\xa2\xc8\x8a\x67\x8e"
  .. "\xe5\x66\x11\x76\xea\xa4\x52\x6d\xda\x81\x3a\xf9\x40\x47\xe0\x4f\xfa\x47\xc3\xc5"
  .. "\xa0\xe7\xd0\x22\xef\xff\xa1\x63\x6e\xf3\x05\x78\xa1\xad\x36\x5c\x00\x00\x00"

return {
  world = function(sim)
    sim:fault { path = "/snapshots/detail", status = 200, body = BODY,
      headers = { ["Content-Encoding"] = "gzip" } }
  end,
  run = function(env)
    local client, err = support.connect(env)
    if not client then
      return nil, err
    end
    local all
    all, err = client:list():all()
    return all and #all .. all[1].name, err
  end,
}
