--- Loads a module of another package; if it is missing, the error says how to get it.

--- @string name the module
-- @string rock its rock
-- @string package its Debian package
-- @return the module; nil and what to install
return function(name, rock, package)
  local found, module = pcall(require, name)
  if found then
    return module
  elseif tostring(module):find("not enough memory", 1, true) then
    error(module, 0)
  end
  return nil, ("the module %s is missing: `luarocks install %s`, or Debian's package %s"):format(
    name, rock, package)
end
