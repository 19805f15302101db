if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["compute.threatwinds.com/paused"] = "true"
return obj
