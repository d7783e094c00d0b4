--- The ids of a list or a page, in its order.
return function(list)
  local ids = {}
  for i = 1, #list do
    ids[i] = list[i].id
  end
  return ids
end
