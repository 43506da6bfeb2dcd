{% materialization merged, default %}{% endmaterialization %}
