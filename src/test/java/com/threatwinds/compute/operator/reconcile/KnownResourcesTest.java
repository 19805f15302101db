package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.decision.Given;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownResourcesTest {

  private final KnownResources known = new KnownResources();

  @Test
  void keepsForEachInformerWhatItPutThere() {
    ItemStore<ComputeInstance> prod = known.shelf();
    ItemStore<ComputeInstance> test = known.shelf();
    put(prod, resource("prod", "web", "i-1"));
    put(test, resource("test", "web", "i-2"));

    assertThat(prod.keySet()).containsExactly("prod/web");
    assertThat(test.values()).hasSize(1);
    assertThat(known.all()).hasSize(2);
  }

  @Test
  void findsResourcesByTheirInstance() {
    ItemStore<ComputeInstance> shelf = known.shelf();
    put(shelf, resource("prod", "web", "i-1"));
    put(shelf, resource("prod", "other", "i-1"));

    assertThat(known.resourcesOf(new InstanceId("i-1")))
        .extracting(r -> r.getMetadata().getName())
        .containsExactlyInAnyOrder("web", "other");
    assertThat(known.resourcesOf(new InstanceId("i-2"))).isEmpty();
  }

  @Test
  void forgetsAnInstanceThatAResourceIsNoLongerBoundTo() {
    ItemStore<ComputeInstance> shelf = known.shelf();
    put(shelf, resource("prod", "web", "i-1"));

    put(shelf, resource("prod", "web", "i-2"));

    assertThat(known.resourcesOf(new InstanceId("i-1"))).isEmpty();
    assertThat(known.resourcesOf(new InstanceId("i-2"))).hasSize(1);
  }

  @Test
  void forgetsAllOfAResourceThatIsGone() {
    ItemStore<ComputeInstance> shelf = known.shelf();
    put(shelf, resource("prod", "web", "i-1"));

    ComputeInstance before = shelf.remove("prod/web");

    assertThat(before).isNotNull();
    assertThat(known.all()).isEmpty();
    assertThat(known.resourcesOf(new InstanceId("i-1"))).isEmpty();
  }

  @Test
  void handsWhatNoInformerWasToldOfOverToTheOneThatIs() {
    ItemStore<ComputeInstance> shelf = known.shelf();
    known.correct(resource("prod", "web", "i-1"));
    assertThat(shelf.values()).as("not the informer's to clear away").isEmpty();
    assertThat(shelf.get("prod/web")).isNotNull();
    known.startTelling();

    ComputeInstance before = put(shelf, resource("prod", "web", "i-1"));

    assertThat(before).as("it was known").isNotNull();
    assertThat(known.all()).hasSize(1);
    shelf.remove("prod/web");
    assertThat(known.all()).isEmpty();
  }

  /** It tells of what is new or has another version than what it gets back. */
  @Test
  void hasTheInformerTellNobodyBeforeAnybodyListens() {
    ItemStore<ComputeInstance> shelf = known.shelf();
    ComputeInstance listed = resource("prod", "web", "i-1");
    ComputeInstance fresh = resource("prod", "other", "i-2");

    assertThat(put(shelf, listed)).isSameAs(listed);
    known.startTelling();

    assertThat(put(shelf, fresh)).isNull();
    assertThat(put(shelf, listed)).isNotSameAs(listed);
    assertThat(known.keys()).containsExactlyInAnyOrder("prod/web", "prod/other");
  }

  @Test
  void givesTheInformerNamesToCompareAndNothingThatHasToBeUnpacked() {
    ItemStore<ComputeInstance> shelf = known.shelf();
    put(shelf, resource("prod", "web", "i-1"));

    ComputeInstance named = shelf.values().findFirst().orElseThrow();

    assertThat(shelf.getKey(named)).isEqualTo("prod/web");
    assertThat(named.getStatus()).isNull();
    assertThat(known.all().findFirst().orElseThrow().getStatus().instanceId()).isEqualTo("i-1");
  }

  @Test
  void tellsWhatAResourceWasThatIsGone() {
    List<String> gone = new ArrayList<>();
    known.whenGone(resource -> gone.add(resource.getStatus().instanceId()));
    ItemStore<ComputeInstance> shelf = known.shelf();
    put(shelf, resource("prod", "web", "i-1"));
    put(shelf, resource("prod", "other", "i-2"));

    shelf.remove("prod/web");
    shelf.remove("prod/never-there");
    known.drop(resource("prod", "other", "i-2"));

    assertThat(gone).containsExactly("i-1", "i-2");
  }

  private static ComputeInstance put(ItemStore<ComputeInstance> shelf, ComputeInstance resource) {
    return shelf.put(shelf.getKey(resource), resource);
  }

  private static ComputeInstance resource(String namespace, String name, String instance) {
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withName(name)
            .withUid(namespace + "-" + name)
            .withResourceVersion("1")
            .build());
    resource.setStatus(Given.unbound().boundTo(instance).status());
    return resource;
  }
}
