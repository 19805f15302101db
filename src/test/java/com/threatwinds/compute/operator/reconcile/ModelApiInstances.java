package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Instances that are like others. */
final class ModelApiInstances {

  private ModelApiInstances() {}

  /** The same under another id: nothing tells the two apart. */
  static Instance copy(Instance i, String id) {
    return new Instance(
        new InstanceId(id),
        i.name(),
        i.zone(),
        i.machineType(),
        i.externalIp(),
        i.internalIp(),
        i.state(),
        i.stateText(),
        i.templateId(),
        i.userId(),
        i.createdAt());
  }

  /** The same in the account of that user. */
  static Instance ofUser(Instance i, String user) {
    return new Instance(
        i.id(),
        i.name(),
        i.zone(),
        i.machineType(),
        i.externalIp(),
        i.internalIp(),
        i.state(),
        i.stateText(),
        i.templateId(),
        user,
        i.createdAt());
  }

  /** The same, made then; null for one that does not say when. */
  static Instance madeAt(Instance i, @Nullable Instant createdAt) {
    return new Instance(
        i.id(),
        i.name(),
        i.zone(),
        i.machineType(),
        i.externalIp(),
        i.internalIp(),
        i.state(),
        i.stateText(),
        i.templateId(),
        i.userId(),
        createdAt);
  }
}
