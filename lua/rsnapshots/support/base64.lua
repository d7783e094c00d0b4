--- Base64 (RFC 4648), in which HTTP sends a user and a password.
local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- The four characters for up to three bytes.
local function encode(group)
  local first, second, third = group:byte(1, 3)
  local number = first * 65536 + (second or 0) * 256 + (third or 0)
  local text = ""
  for _ = 1, 4 do
    local digit = number % 64 + 1
    text = DIGITS:sub(digit, digit) .. text
    number = (number - number % 64) / 64
  end
  return text:sub(1, #group + 1) .. ("="):rep(3 - #group)
end

return {
  encode = function(text)
    return (text:gsub("..?.?", encode))
  end,
}
