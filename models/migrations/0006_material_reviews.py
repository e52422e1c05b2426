from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import MaterialDecision, MaterialState
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0005_ordered_pushes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MaterialReview',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='material_reviews', on_delete=OnDelete.RESTRICT)),
                ('slug', fields.CharField(max_length=80)),
                ('sha256', fields.CharField(max_length=64)),
                ('decision', fields.CharEnumField(description='PASS: pass\nHOLD: hold\nLATER: later', enum_type=MaterialDecision, max_length=8)),
                ('reviewer_id', fields.IntField()),
                ('reviewed_at', MomentField(auto_now=False, auto_now_add=False)),
                ('reason_sealed', fields.BinaryField(null=True)),
            ],
            options={'table': 'material_review', 'app': 'models', 'unique_together': (('unit', 'slug', 'sha256'),), 'pk_attr': 'id', 'table_description': 'What a unit says about one piece of the library as its words stand (审材料).'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='LocalMaterial',
            name='state',
            field=fields.CharEnumField(description='DRAFT: draft\nWAITING: waiting\nAPPROVED: approved\nRETURNED: returned\nWITHDRAWN: withdrawn', enum_type=MaterialState, max_length=12),
        ),
        ops.AddField(
            model_name='LocalMaterial',
            name='voice_of',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
    ]
