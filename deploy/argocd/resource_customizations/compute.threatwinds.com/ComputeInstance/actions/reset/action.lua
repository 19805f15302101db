-- Each new value asks for one reset, and the time makes it new: two within one second are one.
-- An annotation that Git doesn't name survives self-heal, which a change of spec does not.
local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["compute.threatwinds.com/reset-requested"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
return obj
