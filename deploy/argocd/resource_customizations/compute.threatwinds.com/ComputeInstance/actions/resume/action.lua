if obj.metadata.annotations ~= nil then
  obj.metadata.annotations["compute.threatwinds.com/paused"] = nil
end
return obj
