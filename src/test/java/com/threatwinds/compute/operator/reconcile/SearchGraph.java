package com.threatwinds.compute.operator.reconcile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The states that were found, and the ways between them that need no trouble. Numbers in flat
 * arrays: there are millions of them.
 */
final class SearchGraph {

  private static final int CHUNK = 1 << 14;

  private final int width;
  private final List<int[]> chunks = new ArrayList<>();
  private final Numbers parents = new Numbers();
  private final Numbers from = new Numbers();
  private final Numbers to = new Numbers();
  private int[] slots = new int[1 << 16];
  private int count;

  /** Many integers. */
  private static final class Numbers {
    private int[] all = new int[1 << 12];
    private int count;

    private void add(int number) {
      if (count == all.length) {
        all = Arrays.copyOf(all, count + (count >> 1));
      }
      all[count++] = number;
    }

    private int get(int index) {
      return all[index];
    }
  }

  SearchGraph(int width) {
    this.width = width;
  }

  int count() {
    return count;
  }

  int[] state(int number) {
    int[] chunk = chunks.get(number / CHUNK);
    int at = number % CHUNK * width;
    return Arrays.copyOfRange(chunk, at, at + width);
  }

  /** The number of that state, which is {@link #count} before the call if it is a new one. */
  int number(int[] state, int parent) {
    int slot = slot(state);
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    if (count % CHUNK == 0) {
      chunks.add(new int[CHUNK * width]);
    }
    System.arraycopy(state, 0, chunks.getLast(), count % CHUNK * width, width);
    parents.add(parent);
    slots[slot] = ++count;
    if (count > slots.length / 2) {
      grow();
    }
    return count - 1;
  }

  private int slot(int[] state) {
    int hash = Arrays.hashCode(state) * 0x9E3779B9;
    int slot = (hash ^ (hash >>> 15)) & (slots.length - 1);
    while (slots[slot] != 0 && !isAt(slots[slot] - 1, state)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private boolean isAt(int number, int[] state) {
    int at = number % CHUNK * width;
    return Arrays.equals(chunks.get(number / CHUNK), at, at + width, state, 0, width);
  }

  private void grow() {
    slots = new int[slots.length * 2];
    for (int i = 0; i < count; i++) {
      slots[slot(state(i))] = i + 1;
    }
  }

  /** That way needs no trouble. */
  void edge(int before, int after) {
    from.add(before);
    to.add(after);
  }

  /** The states on a shortest way to that one, the first one first. */
  List<Integer> path(int number) {
    List<Integer> path = new ArrayList<>();
    for (int at = number; at >= 0; at = parents.get(at)) {
      path.add(at);
    }
    return path.reversed();
  }

  /** The first state from which no way without trouble leads to one of the goals. */
  Optional<Integer> deadEnd(BitSet goals) {
    int[] begins = new int[count + 1];
    for (int e = 0; e < to.count; e++) {
      begins[to.get(e) + 1]++;
    }
    for (int i = 0; i < count; i++) {
      begins[i + 1] += begins[i];
    }
    int[] sources = new int[to.count];
    int[] filled = Arrays.copyOf(begins, count);
    for (int e = 0; e < to.count; e++) {
      sources[filled[to.get(e)]++] = from.get(e);
    }
    boolean[] reaches = new boolean[count];
    int[] queue = new int[count];
    int tail = 0;
    for (int i = 0; i < count; i++) {
      if (goals.get(i)) {
        reaches[i] = true;
        queue[tail++] = i;
      }
    }
    for (int head = 0; head < tail; head++) {
      for (int e = begins[queue[head]]; e < begins[queue[head] + 1]; e++) {
        if (!reaches[sources[e]]) {
          reaches[sources[e]] = true;
          queue[tail++] = sources[e];
        }
      }
    }
    for (int i = 0; i < count; i++) {
      if (!reaches[i]) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }
}
